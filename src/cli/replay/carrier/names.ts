/** Carriers whose calls can be played. */
export const carrierNames = ['twilio', 'signalwire', 'telnyx', 'plivo', 'vonage', 'jambonz', 'asterisk'] as const;
export type CarrierName = (typeof carrierNames)[number];
