import { lifeSign } from '../../../../relay/gateways/phone/mark-name';
import { PhoneScript } from '../support/phone-script';

/** The caller hears item A of four seconds, marked every second, from time 0 on. */
const hearing = () =>
  PhoneScript.connected({ limits: { markMs: 1020 } })
    .begin('resp_A')
    .says('A', 4080);

const afterwards = (script: PhoneScript) => script.takeLines();

describe('speech of the caller while the model is heard', () => {
  it('clears the carrier first of all, then truncates at what was heard by the clock that a mark set right', () => {
    const script = hearing();
    script.takeLines();
    script.at(1050).echo().at(1500).speechStarted();
    // The mark at 1020 ms came back at 1050, so there and back takes 30 ms, and at 1500 the item has been on for as long.
    expect(afterwards(script)).toEqual(['clear', 'say truncate A 1500']);
  });

  it('sets the clock back where a mark comes back later than the way takes', () => {
    const script = PhoneScript.connected({ limits: { markMs: 1020 } });
    script.at(30).carrier({ kind: 'mark', name: lifeSign });
    script.begin('resp_A').says('A', 4080).at(1180).echo().at(1500);
    script.takeLines();
    // Sent at 30 and 30 ms under way, the mark was due at 1080: the carrier is 100 ms behind.
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 1370']);
  });

  it('learns nothing of the way from a mark that comes back before it can have been reached', () => {
    const script = PhoneScript.connected({ limits: { markMs: 1020 } });
    script.at(50).carrier({ kind: 'mark', name: lifeSign }).at(100);
    script.begin('resp_A').says('A', 4080).at(200).echo().at(1500);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 1400']);
  });

  it('believes that the way there and back has been heard beyond a mark that is not back, and no more', () => {
    const script = PhoneScript.connected({ limits: { markMs: 1020 } });
    script.at(50).carrier({ kind: 'mark', name: lifeSign }).at(100);
    script.begin('resp_A').says('A', 4080).at(1140);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 1040']);
    script.begin('resp_B').at(2000).says('B', 4080, 'resp_B').at(9000);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate B 1070']);
  });

  it('does not change what was heard for marks that come back because of the clear', () => {
    const script = hearing().at(1050).echo().at(1500).speechStarted();
    script.takeLines();
    script.echo(3).session({ type: 'conversation.item.truncated', item_id: 'A' });
    expect(afterwards(script)).toEqual([]);
    expect(script.counts).toMatchObject({ marks_sent: 4, marks_heard: 1, marks_cleared: 3, truncations: 1 });
    expect(script.logs).toEqual([]);
  });

  it('is the same when a mark is heard in the very moment of the clear', () => {
    const script = hearing().at(1500).speechStarted().echo(1).at(1600);
    expect(afterwards(script).slice(-2)).toEqual(['clear', 'say truncate A 1020']);
  });

  it('plays no late audio of the response that was cut off, but the next response', () => {
    const script = hearing().at(500).speechStarted();
    script.takeLines();
    script
      .says('A', 500)
      .says('A2', 300)
      .says('A2', 300)
      .audioDone('A')
      .responseDone('resp_A', 'cancelled')
      .says('A', 20);
    // What began too late to be heard at all is not to be believed heard either.
    expect(afterwards(script)).toEqual(['say truncate A2 0', 'heard']);
    expect(script.counts.late_audio_dropped).toBe(4);
    script.begin('resp_B').says('B', 60, 'resp_B').audioDone('B');
    expect(afterwards(script)).toEqual(['play 60', 'mark i2:60']);
  });

  it('cuts off just the same after response.done, while the audio still plays', () => {
    const script = hearing().at(900).audioDone('A').responseDone().at(1050).echo().at(1500);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 1500']);
  });

  it('touches nothing when all has been heard', () => {
    const script = hearing().audioDone('A').responseDone().at(4100).echo(4).at(5000);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual([]);
  });

  it('touches nothing when nothing was ever said', () => {
    expect(afterwards(PhoneScript.connected().speechStarted())).toEqual([]);
  });

  it('truncates an item that waits behind another at nothing', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 960).audioDone('A').says('B', 960).at(600);
    script.takeLines();
    // The first mark that has not come back stands at 240 ms; without it the clock would say 600.
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 240', 'say truncate B 0']);
  });

  it('leaves an item alone that was heard whole, and cuts off the one behind it', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 480).audioDone('A').says('B', 960);
    script.at(500).echo(2).at(600);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate B 120']);
  });

  it('does not believe a clock that runs ahead of a carrier that has stalled', () => {
    const script = hearing().at(1800);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 1020']);
  });

  it('never truncates beyond what was sent, however late it is', () => {
    const script = PhoneScript.connected({ capabilities: { marks: false } })
      .begin('resp_A')
      .says('A', 500);
    script.takeLines();
    expect(afterwards(script.at(9000).speechStarted())).toEqual(['clear', 'say truncate A 500']);
  });

  it('counts what follows a pause in the audio from when it was sent', () => {
    const script = PhoneScript.connected({ capabilities: { marks: false } })
      .begin('resp_A')
      .says('A', 480);
    script.at(1000).says('A', 480).at(1100);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate A 580']);
  });

  it('takes the lag of a carrier without marks into account', () => {
    const script = PhoneScript.connected({ capabilities: { marks: false, lagMs: 150 } })
      .begin('resp_A')
      .says('A', 960);
    script.takeLines();
    expect(afterwards(script.at(500).speechStarted())).toEqual(['clear', 'say truncate A 350']);
  });

  it('cuts off a tool’s follow-up behind what its response said first', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 240).audioDone('A').responseDone();
    script.begin('resp_B').says('B', 480, 'resp_B').at(300);
    script.takeLines();
    // The end of A is not confirmed, but the clock says it has been heard.
    expect(afterwards(script.speechStarted())).toEqual(['clear', 'say truncate B 60']);
  });

  it('goes on when upstream refuses a truncation', () => {
    const script = hearing().at(500).speechStarted();
    script.takeLines();
    script.session({ type: 'error', error: { code: 'invalid_value', message: 'secret words' } });
    expect(script.logs).toEqual(['Phone told of an error {"code":"invalid_value"}']);
    script.begin('resp_B').says('B', 240, 'resp_B');
    expect(afterwards(script)).toEqual(['play 240']);
  });

  it('is no interruption where the session says so', () => {
    const session = { audio: { input: { turn_detection: { type: 'server_vad', interrupt_response: false } } } };
    const script = hearing().session({ type: 'session.updated', session }).at(500);
    script.takeLines();
    expect(afterwards(script.speechStarted().says('A', 240))).toEqual(['play 240']);
  });

  it('forgets marks that should long have come back', () => {
    const script = PhoneScript.connected().begin('resp_A').says('A', 240).audioDone('A').responseDone().at(10_300);
    script.takeLines();
    expect(afterwards(script.speechStarted())).toEqual([]);
    expect(script.counts.marks_lost).toBe(1);
  });
});
