set xlabel "epoch"
set ylabel "perplexity of the training words"
set xrange [0:100]
set yrange [3:600]
set logscale y
set ytics (3, 5, 10, 20, 50, 100, 200, 500)
set object rectangle from 98.8, 5.0 to 100, 7.4 fillcolor rgb "#d55e00" fillstyle solid noborder
set label "5.0–7.4" at 97.5, 6.1 right textcolor rgb "#d55e00"
plot tables . "/ptb_lesson.csv" using 1:2 skip 1 with lines linetype 1
