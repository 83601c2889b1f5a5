import type { ReadDocument } from '../../../../simulator/carriers/documents/verb';

/** The codes of everything a carrier complains of in a document. */
export function complaintCodes(read: ReadDocument): string[] {
  switch (read.kind) {
    case 'document':
      return read.complaints.map(({ code }) => code);
    case 'unreadable':
      return [read.complaint.code];
    case 'nothing':
      return ['nothing'];
  }
}
