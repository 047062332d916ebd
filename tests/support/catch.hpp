// Catch2 in either of the versions that Debian 12 (2.13) and Ubuntu 24.04 (3.4) carry.
#pragma once
#ifdef BILLCAST_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#endif
