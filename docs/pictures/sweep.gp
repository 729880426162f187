set logscale x 2
set xrange [14:1700]
set yrange [0:*]
set xlabel "units"
set key above horizontal Left reverse
set multiplot layout 1, 2
table = tables . "/sweep.csv"
do for [work = 0:1] {
  set ylabel (work == 0 ? "forward, GF/s" : "forward and backward, GF/s")
  plot for [k = 1:4] table skip 1 \
    using 4:(strcol(1) eq target && $3 == int(word("1 4 20 64", k)) ? column(5 + work) : NaN) \
    with linespoints linetype k title "N = " . word("1 4 20 64", k), \
    table skip 1 using 4:(strcol(1) eq target ? $7 : NaN) with lines linetype 4 dashtype 2 title "limit"
}
unset multiplot
