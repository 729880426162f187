#pragma once

// The library is compiled with -fvisibility=hidden, and each public header says between
//   #pragma GCC visibility push(default)   and   #pragma GCC visibility pop
// what the shared library exports. g++ does not hand that on to the templates of functions.
#define UNROLL_PUBLIC [[gnu::visibility("default")]]
// The parts of a public class that need not be the same in the library and in a program that uses
// it, or that the program does not see.
#define UNROLL_PRIVATE [[gnu::visibility("hidden")]]
