/// What a server says of itself: how a line looks, and which of the libraries' lines are kept.
/// - **Lives here:** the encoder and the filter that `logback.xml` names; the flags of logging.
/// - **May not live here:** anything that decides what happened; loggers belong to the speaker.
/// - **Threads:** logback calls from any thread; each class says how it copes.
/// - **Units:** a `long …Ms` is epoch milliseconds, as logback stamps events.
@NullMarked
package io.trivigil.web.log;

import org.jspecify.annotations.NullMarked;
