/// The Micronaut application: it wires and routes, and decides nothing.
/// - **Lives here:** the start of a server, and what joins HTTP to the node.
/// - **May not live here:** decisions about samples, rules or alerts.
/// - **Threads:** requests run on virtual threads; everything shared is immutable or thread-safe.
@NullMarked
package io.trivigil.web;

import org.jspecify.annotations.NullMarked;
