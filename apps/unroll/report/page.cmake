# The page, as a string.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS report/page.html)
file(READ report/page.html report_page)
configure_file(report/page_template.h.in report/page_template.h @ONLY)
