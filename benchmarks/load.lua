-- wrk's script: sends the paths of a file in turn, and prints what came of it as one line of JSON.
-- Arguments: the file of paths, what to accept, and a mark: with a mark each text is one that was never sent before,
-- because it ends in a comment (percent-encoded) of its own. Without a mark the paths are repeated as they are.
local paths, mark, headers, sent = {}, "", {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  headers["Accept"] = arguments[2]
  mark = arguments[3] or ""
end

function request()
  sent = sent + 1
  local path = paths[(sent - 1) % #paths + 1]
  if mark ~= "" then path = path .. "%0A%23" .. mark .. sent end
  return wrk.format("GET", path, headers)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "failed": %d, "bytes": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, summary.bytes))
end
