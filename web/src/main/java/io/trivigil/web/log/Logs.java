package io.trivigil.web.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/// The flags of logging. To be used once, before others run.
public final class Logs {
  private Logs() {}

  /// Sets how much our own loggers say and in which form all speak, and leads what libraries say
  /// through `java.util.logging` (Lucene, gRPC) to the same place.
  ///
  /// @param level `debug`, `info`, `warn` or `error`
  /// @param format `logfmt` or `json`
  /// @throws IllegalArgumentException if it is neither of these
  public static void setUp(String level, String format) {
    Level wanted =
        switch (level.toLowerCase(Locale.ROOT)) {
          case "debug" -> Level.DEBUG;
          case "info" -> Level.INFO;
          case "warn" -> Level.WARN;
          case "error" -> Level.ERROR;
          default -> throw new IllegalArgumentException("--log.level: unknown level " + level);
        };
    boolean json =
        switch (format.toLowerCase(Locale.ROOT)) {
          case "json" -> true;
          case "logfmt" -> false;
          default -> throw new IllegalArgumentException("--log.format: unknown format " + format);
        };
    if (LoggerFactory.getLogger("io.trivigil") instanceof Logger ours) {
      ours.setLevel(wanted);
    }
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      if (wanted.isGreaterOrEqual(Level.WARN)) {
        root.setLevel(wanted); // asked to be quieter than that, libraries obey too
      }
      setJson(root, json);
    }
    redirectJdkLogging();
  }

  private static void setJson(Logger root, boolean json) {
    for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
      if (all.next() instanceof OutputStreamAppender<ILoggingEvent> appender
          && appender.getEncoder() instanceof LineEncoder encoder) {
        encoder.setJson(json);
      }
    }
  }

  private static void redirectJdkLogging() {
    java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.addHandler(new JdkLogHandler());
  }
}
