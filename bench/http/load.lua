-- For wrk: asks with one token after the other, and tells what came of it as JSON in the last line.
local requests, at = {}, 0

init = function(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/", { Authorization = "Bearer " .. token })
  end
end

request = function()
  at = at % #requests + 1
  return requests[at]
end

done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  local text = '\n{"requests":%d,"microseconds":%d,"p99":%d,"failed":%d}\n'
  io.write(text:format(summary.requests, summary.duration, latency:percentile(99), failed))
end
