/** The style of the page of the ledger, besides the common one. */
export const LEDGER_STYLE = `form.fields{align-items:end;max-width:60rem}
form.fields button{margin:0 0 .7rem;justify-self:start}
`;
