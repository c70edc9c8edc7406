-- CreateModelCard, each request once. When the prepared requests run out the connections fall idle one by one;
-- the clock is read when the last one has its answer, and the rate is counted over that time alone.

local ffi = require("ffi")
local prepared = require("prepared")

ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *now);
]])

local MONOTONIC = 1
local thread, set, connections, started
local tried, idle = false, 0

sent = 0
seconds = nil

local function now()
  local time = ffi.new("bench_time")
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

function setup(its_thread)
  thread = its_thread
end

function init(arguments)
  set = prepared.read(arguments[1])
  connections = tonumber(arguments[2])
end

function request()
  if not tried then -- wrk asks once before the run to see that the request parses, and never sends that one
    tried = true
    return prepared.text(set, 1)
  end
  started = started or now()
  if sent == #set then
    idle = idle + 1
    if idle == connections then
      seconds = now() - started
      wrk.thread:stop()
    end
    return "" -- nothing to write: the connection waits
  end
  sent = sent + 1
  return prepared.text(set, sent)
end

function done(summary, latency)
  prepared.report(thread, summary, latency)
end
