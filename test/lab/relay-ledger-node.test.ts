import { describeRelayLedger } from "./relay-ledger-suite";

describeRelayLedger("node");
