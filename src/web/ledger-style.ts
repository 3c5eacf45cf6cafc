/** The style of the page of the ledger, besides the common one. */
export const LEDGER_STYLE = `main>section,main>form{margin:0 0 1.25rem}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{max-width:20rem;overflow-wrap:break-word}
.n{text-align:right;white-space:nowrap}
form.choice{display:flex;flex-wrap:wrap;gap:0 1rem;align-items:end}
form.choice button{margin:0 0 .5rem}
`;
