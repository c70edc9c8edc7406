-- ListModelCards, 100 a page: half of the requests ask for the first page, half for a later one drawn at random.

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
  if #texts == 1 or sent % 2 == 1 then
    return texts[1]
  end
  return texts[math.random(2, #texts)]
end

function done(summary, latency)
  prepared.report(thread, summary, latency)
end
