set multiplot layout 1, 3
set xlabel "step k"
set xrange [0.5:10.5]
set xtics 2, 2, 10
table = tables . "/counting_ones_gradient.csv"
set title "w_rec = 2" noenhanced
set ylabel "d(loss) / d(s_k)" noenhanced
set logscale y
set format y "10^{%L}"
plot table using 1:2 skip 1 with linespoints linetype 2
unset ylabel
set title "w_rec = 0.5" noenhanced
unset logscale y
set format y "%g"
plot table using 1:3 skip 1 with linespoints linetype 1
set title "w_rec = -1.5" noenhanced
plot table using 1:4 skip 1 with linespoints linetype 3
unset multiplot
