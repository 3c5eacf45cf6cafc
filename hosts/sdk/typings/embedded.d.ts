/** Modules that hosts/sdk and hosts/linux import by name; each casts them to its own types. */
declare module "embedded:io/socket/tcp" {
	const Tcp: unknown;
	export default Tcp;
}
declare module "embedded:io/socket/listener" {
	const Listener: unknown;
	export default Listener;
}
declare module "embedded:io/socket/udp" {
	const Udp: unknown;
	export default Udp;
}
declare module "time" {
	const Time: unknown;
	export default Time;
}
declare module "timer" {
	const Timer: unknown;
	export default Timer;
}
