// What nearly every test includes.
#pragma once

#include <doctest/doctest.h>

#include <chrono>

#include "cmake/precompiled/core.hpp"
