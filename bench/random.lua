-- Each request drawn at random from the prepared ones, which may be sent any number of times.

local prepared = require("prepared")
local thread, texts

sent = 0

function setup(its_thread)
  thread = its_thread
end

function init(arguments)
  local set = prepared.read(arguments[1])
  texts = {}
  for index = 1, #set do
    texts[index] = prepared.text(set, index)
  end
  math.randomseed(2)
end

function request()
  sent = sent + 1
  return texts[math.random(#texts)]
end

function done(summary, latency)
  prepared.report(thread, summary, latency)
end
