package io.trivigil.web.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/// Lets a library say the same thing once in five minutes: what is said again and again, at each
/// try to reach a peer that is down, fills a disk and tells no more than the first time.
/// Thread-safe.
///
/// Errors always pass. Our own loggers are not touched: they say a fact once by themselves.
public final class RepeatFilter extends Filter<ILoggingEvent> {
  private static final long EVERY_MS = Duration.ofMinutes(5).toMillis();

  /// Ratis begins with who speaks of whom, then says what; then come numbers that grow.
  private static final int TELLING_CHARS = 80;

  private static final int MAX_FACTS = 1_000;

  private final ConcurrentHashMap<String, Long> saidMs = new ConcurrentHashMap<>();
  private String loggers = "";

  /// How the names of the loggers begin that this is about.
  public void setLoggers(String loggers) {
    this.loggers = loggers;
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    String logger = event.getLoggerName();
    if (!logger.startsWith(loggers) || event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      return FilterReply.NEUTRAL;
    }
    if (isFarewell(event)) {
      return FilterReply.DENY;
    }
    long nowMs = event.getTimeStamp();
    if (saidMs.size() >= MAX_FACTS) {
      saidMs.clear();
    }
    String message = event.getFormattedMessage();
    String fact = message.substring(0, Math.min(message.length(), TELLING_CHARS));
    long spokenMs =
        saidMs.compute(
            fact, (_, lastMs) -> lastMs == null || nowMs - lastMs >= EVERY_MS ? nowMs : lastMs);
    return spokenMs == nowMs ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  /// Threads of Ratis that find everything closed, when a node stops or no longer leads.
  private static boolean isFarewell(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return (thrown != null && thrown.getClassName().endsWith(".AlreadyClosedException"))
        || event.getFormattedMessage().contains("is interrupted: java.lang.InterruptedException");
  }
}
