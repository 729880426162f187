set xlabel "the two bits → the bit of the sum, least significant first"
set ylabel "h"
set xrange [-0.3:7.3]
set yrange [-1.15:1.15]
set key above horizontal Left reverse
table = tables . "/binary_addition.csv"
bits(step, first, second, sum) = \
  step eq "0" ? "h_0" : sprintf("%s+%s → %s", first, second, sum)
plot table using 1:6:xticlabels(bits(strcol(1), strcol(2), strcol(3), strcol(4))) skip 1 \
       with linespoints linetype 1 title "unit 1", \
     table using 1:7 skip 1 with linespoints linetype 2 title "unit 2", \
     table using 1:8 skip 1 with linespoints linetype 3 title "unit 3"
