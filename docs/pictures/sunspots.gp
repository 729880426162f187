set xlabel "year"
set ylabel "sunspots"
set xrange [1946:2009]
set yrange [0:*]
set key above horizontal Left reverse
table = tables . "/sunspots.csv"
plot table using 1:4:5 skip 1 with filledcurves fillcolor rgb "#f2c9ab" title "90 % interval", \
     table using 1:3 skip 1 with lines linetype 2 title "forecast, one year ahead", \
     table using 1:2 skip 1 with linespoints linetype 1 title "what came"
