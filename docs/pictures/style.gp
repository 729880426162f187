# What the pictures have in common. scripts/pictures sets the terminal, the output and `tables`, the
# folder with what the examples write.
set datafile separator comma
set datafile missing "nan"
set encoding utf8
set border 3 linecolor rgb "#555555"
set tics nomirror out scale 0.6
set grid linecolor rgb "#dddddd" linewidth 1 linetype 1
set key noautotitle
set linetype 1 linecolor rgb "#0072b2" linewidth 2 pointtype 7 pointsize 0.5
set linetype 2 linecolor rgb "#d55e00" linewidth 2 pointtype 5 pointsize 0.5
set linetype 3 linecolor rgb "#009e73" linewidth 2 pointtype 9 pointsize 0.6
set linetype 4 linecolor rgb "#444444" linewidth 2 pointtype 6 pointsize 0.6
# Colours of equal steps in lightness, dark to light.
set palette defined (0 "#440154", 1 "#46327e", 2 "#365c8d", 3 "#277f8e", 4 "#1fa187", \
                     5 "#4ac16d", 6 "#a0da39", 7 "#fde725")
