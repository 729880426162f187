set xlabel "w_x" noenhanced
set ylabel "w_rec" noenhanced
set cblabel "loss"
set xrange [-2.5:2.5]
set yrange [-2.5:2.5]
set logscale cb
set cbrange [1e-4:1e8]
set cbtics format "10^{%L}"
set size ratio 1
unset grid
unset border
set label "start" at -1.4, 2.05 left textcolor rgb "white" front
set label "end" at 1.1, 1.05 left textcolor rgb "white" front
plot tables . "/counting_ones_surface.csv" using 1:2:3 skip 1 with image, \
     tables . "/counting_ones_path.csv" using 2:3 skip 1 with lines linewidth 1.5 \
       linecolor rgb "white", \
     "+" using (-1.5):(2) every ::0::0 with points pointtype 7 pointsize 0.8 \
       linecolor rgb "white", \
     "+" using (1):(1) every ::0::0 with points pointtype 7 pointsize 0.8 linecolor rgb "white"
