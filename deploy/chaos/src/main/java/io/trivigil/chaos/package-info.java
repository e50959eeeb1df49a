/// Three real nodes under load while everything around them fails, and an account of every
/// acknowledged sample and every notification.
/// - **Lives here:** the network of namespaces, the faults and their order, the load, the account.
/// - **May not live here:** anything of the product: it is used as a user would, by its launcher
///   and its HTTP API.
/// - **Threads:** one thread orders faults; load, meters and supervisors have threads of their own.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, or a length where the name says so.
@NullMarked
package io.trivigil.chaos;

import org.jspecify.annotations.NullMarked;
