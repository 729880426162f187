set xlabel "taken for speaker"
set ylabel "speaker"
set xrange [0.5:9.5]
set yrange [9.5:0.5]
set xtics 1, 1, 9 scale 0
set ytics 1, 1, 9 scale 0
set size ratio 1
set border 15
unset grid
unset colorbox
set palette defined (0 "#ffffff", 1 "#9ecae1", 10 "#4292c6", 50 "#08306b")
set cbrange [0:60]
table = tables . "/vowels_confusion.csv"
plot table using 2:1:3 skip 1 with image, \
     table using 2:1:($3 == 0 ? "·" : sprintf("%d", $3)):($3 > 20 ? 0xffffff : 0x333333) skip 1 \
       with labels textcolor rgb variable
