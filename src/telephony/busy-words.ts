/** What a caller is told who cannot be served at the moment; spoken by the carrier. */
export const busyWords = 'All our lines are busy at the moment. Please call again in a few minutes. Goodbye.';
