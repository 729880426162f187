#pragma once

// What the shared library exports; all else is compiled with -fvisibility=hidden. A namespace gives
// it to what that body of the namespace declares, except, with g++, to function templates.
#define UNROLL_PUBLIC [[gnu::visibility("default")]]
// The parts of a public class that need not be the same in the library and in a program that uses
// it, or that the program does not see.
#define UNROLL_PRIVATE [[gnu::visibility("hidden")]]
