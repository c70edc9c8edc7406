-- Reads requests that bench/requests.py signed, and reports a run as one line of JSON.

local prepared = {}

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- The requests in a folder: a list of {date, authorization, start}, and the texts they share.
function prepared.read(folder)
  local set = { head = contents(folder .. "/head"), tail = contents(folder .. "/tail") }
  for line in io.lines(folder .. "/requests") do
    local date, authorization, start = line:match("^([^\t]+)\t([^\t]+)\t(.+)$")
    set[#set + 1] = { date, authorization, start }
  end
  assert(#set > 0, "no prepared requests in " .. folder)
  return set
end

-- The whole text of one request.
function prepared.text(set, index)
  local request = set[index]
  return table.concat({
    set.head,
    "X-Amz-Date: ", request[1], "\r\nAuthorization: ", request[2],
    "\r\nContent-Length: ", #request[3] + #set.tail, "\r\n\r\n",
    request[3], set.tail,
  })
end

-- wrk's done() for every script. There is one thread; its globals `sent` and `seconds` (nil: the whole run) count.
function prepared.report(thread, summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'bench: {"sent": %d, "answered": %d, "seconds": %.6f, "ran_out": %s, "p50_us": %d, "p99_us": %d, '
      .. '"refused": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
    thread:get("sent"), summary.requests,
    thread:get("seconds") or summary.duration / 1e6, tostring(thread:get("seconds") ~= nil),
    latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect, errors.read, errors.write, errors.timeout
  ))
end

return prepared
