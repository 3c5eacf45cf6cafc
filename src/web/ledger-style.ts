import { DATA_TABLE_STYLE } from "./data-table";

/** The style of the page of the ledger, besides the common one. */
export const LEDGER_STYLE = `main>section,main>form{margin:0 0 1.25rem}
${DATA_TABLE_STYLE}form.choice{display:flex;flex-wrap:wrap;gap:0 1rem;align-items:end}
form.choice button{margin:0 0 .5rem}
`;
