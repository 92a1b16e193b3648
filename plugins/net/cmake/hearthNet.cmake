# The installed hearth_net, hearth_net_tls and hearth_socketio as targets, where Poco and Boost are there too; a plugin that doesn't want it needs neither.
get_filename_component(hearth_net_libs "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_package(Poco QUIET COMPONENTS Foundation Net)
find_package(Boost 1.81 QUIET)
if(TARGET Poco::Net AND TARGET Boost::headers AND NOT TARGET hearth_net)
  add_library(hearth_net STATIC IMPORTED)
  set_target_properties(hearth_net PROPERTIES IMPORTED_LOCATION "${hearth_net_libs}/hearth/libhearth_net.a"
    INTERFACE_LINK_LIBRARIES "hearth_sdk;Poco::Net;Boost::headers")
  add_library(hearth_net_tls STATIC IMPORTED)
  set_target_properties(hearth_net_tls PROPERTIES IMPORTED_LOCATION "${hearth_net_libs}/hearth/libhearth_net_tls.a"
    INTERFACE_LINK_LIBRARIES "hearth_net;${CMAKE_DL_LIBS}")
  add_library(hearth_socketio STATIC IMPORTED)
  set_target_properties(hearth_socketio PROPERTIES IMPORTED_LOCATION "${hearth_net_libs}/hearth/libhearth_socketio.a"
    INTERFACE_LINK_LIBRARIES hearth_net)
endif()
unset(hearth_net_libs)
