import { script } from '../../pipeline';

/**
 * Says how many places a process holds, and takes as many more as it wants and there is room for.
 *
 * A hash for each key, with a field for each process: how many it holds, and until when that is believed by the server's clock.
 * A process always says all that it holds, so whatever was lost or came twice is put right by the next time it speaks.
 *
 * KEYS: the hash
 * ARGV: the process, how many it holds, how many more it wants, how many there are in all, milliseconds it is believed
 * Answers how many more it has.
 */
export const countScript = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held, wanted, max = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local believedUntil = now + tonumber(ARGV[5])

local taken = held
local lastUntil = believedUntil
local fields = redis.call('HGETALL', KEYS[1])
for place = 1, #fields, 2 do
  if fields[place] ~= ARGV[1] then
    local count, untilMs = string.match(fields[place + 1], '^(%d+) (%d+)$')
    if tonumber(untilMs) <= now then
      redis.call('HDEL', KEYS[1], fields[place])
    else
      taken = taken + tonumber(count)
      lastUntil = math.max(lastUntil, tonumber(untilMs))
    end
  end
end

local granted = math.max(0, math.min(wanted, max - taken))
if held + granted == 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f', held + granted, believedUntil))
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', lastUntil))
end
return granted
`);
