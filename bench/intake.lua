-- Sends events to Tenure, for wrk: every request with ids of its own. Called by bench/intake.py with KEY NAME MANY.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  key, name, many = args[1], args[2], tonumber(args[3])
  nth, tails = 0, {}
  for n = 0, many - 1 do
    tails[n] = string.format(
      '-%d","context":{"groupId":"account-%d"},"properties":{"seats":%d,"plan":"large"}}', n, n % 50, n)
  end
  headers = {["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json"}
end

function request()
  nth = nth + 1
  local events = {}
  for n = 0, many - 1 do
    events[n + 1] = '{"type":"track","userId":"user-' .. n .. '","event":"Report made","messageId":"' .. name .. '-' .. number
      .. '-' .. nth .. tails[n]
  end
  return wrk.format("POST", "/v1/batch", headers, '{"batch":[' .. table.concat(events, ",") .. ']}')
end

function done(summary, latency, requests)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format("told %d %d %d %d %d\n", summary.requests, summary.duration, errors, latency:percentile(50), latency:percentile(99)))
end
