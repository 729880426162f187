# cmake -DFILES=A;B;... -DBYTES=N -DOUTPUT=FILE -P join_files.cmake
# OUTPUT gets the first N bytes of the files, one after the other, without runs of more than 8 spaces:
# a small model that has begun such a run does not find its end.
set(text "")
foreach(file IN LISTS FILES)
  file(READ ${file} more)
  string(APPEND text "${more}")
endforeach()
string(REGEX REPLACE "         +" "        " text "${text}")
string(LENGTH "${text}" bytes)
if(bytes LESS BYTES)
  message(FATAL_ERROR "${OUTPUT} needs ${BYTES} bytes, and its files have ${bytes}")
endif()
string(SUBSTRING "${text}" 0 ${BYTES} text)
file(WRITE ${OUTPUT} "${text}")
