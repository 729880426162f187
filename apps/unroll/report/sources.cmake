target_sources(unroll_program PRIVATE
  report/chart.cc
  report/confusion.cc
  report/curves.cc
  report/gnuplot.cc
  report/page.cc
  report/prediction_figures.cc
  report/prediction_file.cc
  report/run_record.cc
  report/sample_rows.cc
  report/sample_text.cc
  report/svg.cc
  report/tables.cc
)

# The page, as a string.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS report/page.html)
file(READ report/page.html report_page)
configure_file(report/page_template.h.in report/page_template.h @ONLY)
