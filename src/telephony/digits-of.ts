/** A number in E.164 form as carriers write it that leave out the plus. */
export const digitsOf = (number: string) => number.replace(/^\+/, '');

/** The E.164 form of a number that may be written without its plus; anything else stays as it is. */
export const withPlus = (number: string) => (/^[1-9]\d{6,14}$/.test(number) ? `+${number}` : number);
