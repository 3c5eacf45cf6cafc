import { describeRelayLedger } from "./relay-ledger-suite";

describeRelayLedger("xs");
