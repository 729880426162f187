set xlabel "epoch"
set ylabel "share of the test digits that come out right"
set xrange [0:40]
set yrange [0.5:1]
set key bottom right Left reverse
table = tables . "/rnn_classifier.csv"
plot table using ($0+1):1 skip 1 with lines linetype 1 title "tanh, softmax, last step", \
     table using ($0+1):2 skip 1 with lines linetype 2 title "relu, softmax, last step", \
     table using ($0+1):3 skip 1 with lines linetype 3 title "tanh, sigmoid, last step", \
     table using ($0+1):4 skip 1 with lines linetype 4 title "tanh, softmax, every step"
