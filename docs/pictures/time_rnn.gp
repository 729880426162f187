set xlabel "step"
set ylabel "h, first unit"
set xrange [0:31]
set key above horizontal Left reverse
set arrow from 15.5, graph 0 to 15.5, graph 1 nohead linecolor rgb "#999999" dashtype 2
table = tables . "/time_rnn.csv"
plot table using 1:2 skip 1 with lines linetype 1 title "one pass", \
     table using 1:3 skip 1 with points linetype 4 pointsize 0.9 title "second half, state carried", \
     table using 1:4 skip 1 with linespoints linetype 2 title "second half, state reset"
