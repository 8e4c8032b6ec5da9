# What the stages of scripts/test share. Sourced, with the repository as the working directory.
# shellcheck shell=bash
set -euo pipefail
export PATH="$PWD/node_modules/.bin:$PATH"

# Adds to what the stage counted: passed, failed, skipped.
count() { echo "$1 $2 $3" >>"${SALLYPORT_COUNTS:-/dev/stdout}"; }

# Configures and builds a CMake preset; further arguments go to the build, SALLYPORT_CONFIGURE to the configuration.
build_preset() {
  local preset=$1
  shift
  cmake --preset "$preset" ${SALLYPORT_CONFIGURE:+"$SALLYPORT_CONFIGURE"}
  cmake --build --preset "$preset" --parallel "$(nproc)" "$@"
}

# Runs the tests of a build folder and counts test cases, not programs. A program that died before it counted is a failure.
run_ctest() {
  local build=$1 log status=0
  log=$(mktemp)
  ctest --test-dir "$build" --verbose --parallel "$(nproc)" 2>&1 | tee "$log" || status=$?
  count_doctest "$log"
  rm -f "$log"
  return "$status"
}

# Counts the test cases that doctest programs reported in a log.
count_doctest() {
  local passed failed skipped
  read -r passed failed skipped < <(awk -F'[:|]' '
    /\[doctest\] test cases:/ { passed += $(NF - 2); failed += $(NF - 1); skipped += $NF }
    /SKIPPED: / { ++skipped }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1")
  count "$passed" "$failed" "$skipped"
}

# The files of these patterns that git knows or would add.
ours() { git ls-files --cached --others --exclude-standard -- "$@"; }

# check STAGE NAME COMMAND...: runs a check as one test, and sets `status` to 1 when it fails, so that the next ones still run.
check() {
  local of=$1 name=$2 started=$SECONDS
  shift 2
  if "$@"; then
    echo "$of $name: ok, $((SECONDS - started)) s"
    count 1 0 0
    return
  fi
  echo "$of $name: FAILED"
  count 0 1 0
  # shellcheck disable=SC2034 # the stage exits with it
  status=1
}

# Runs node:test over the files given and counts its tests. No file at all is an error: a runner that runs nothing proves nothing.
run_node_tests() {
  local log status=0
  log=$(mktemp)
  node --test --test-reporter=spec "$@" 2>&1 | tee "$log" || status=$?
  local passed failed skipped
  read -r passed failed skipped < <(awk '$1 == "ℹ" { seen[$2] = $3 }
    END { print seen["pass"] + 0, seen["fail"] + seen["cancelled"], seen["skipped"] + seen["todo"] }' "$log")
  count "$passed" "$failed" "$skipped"
  if ((passed + failed + skipped == 0)); then
    echo "no test ran: $*" >&2
    status=1
  fi
  rm -f "$log"
  return "$status"
}
