-- wrk's script: BODIES is a file of lines "KEY<TAB>BODY"; @@ID@@ in a body becomes an id of this run's own.
-- RUN is that run's name, UPLOAD_PATH where to post. The last line printed is one JSON document.
local bodies, sent = {}, 0

function init()
  for line in io.lines(os.getenv("BODIES")) do
    local key, body = line:match("^(%S+)\t(.*)$")
    bodies[#bodies + 1] = {key = key, body = body}
  end
end

function request()
  sent = sent + 1
  local chosen = bodies[(sent - 1) % #bodies + 1]
  local headers = {["Content-Type"] = "application/json", ["X-API-Key"] = chosen.key}
  local body = chosen.body:gsub("@@ID@@", os.getenv("RUN") .. "-" .. sent)
  return wrk.format("POST", os.getenv("UPLOAD_PATH"), headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
