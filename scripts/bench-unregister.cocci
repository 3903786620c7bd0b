// For the benchmark: the nearest thing that a semantic patch can say, an unregister call in a remove function.
@remove@
identifier driver, fn;
@@
struct platform_driver driver = { ..., .remove = fn, ... };

@calls@
identifier remove.fn;
position p;
expression e;
@@
fn(...) { <... misc_deregister@p(e) ...> }
