set logscale xy
set format xy "10^{%L}"
set xlabel "step ε of the difference"
set ylabel "largest error of a gradient"
set xrange [1e-14:1]
set yrange [1e-13:1]
set key top center Left reverse
table = tables . "/simple_rnn.csv"
plot table using 1:2 skip 1 with linespoints linetype 1 title "(f(p+ε) - f(p-ε)) / 2ε", \
     table using 1:3 skip 1 with linespoints linetype 2 \
       title "(-f(p+2ε) + 8 f(p+ε) - 8 f(p-ε) + f(p-2ε)) / 12ε"
