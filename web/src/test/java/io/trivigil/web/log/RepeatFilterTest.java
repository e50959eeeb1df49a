package io.trivigil.web.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RepeatFilterTest {
  private static final String RATIS = "org.apache.ratis.grpc.server.GrpcLogAppender";

  private final RepeatFilter filter = new RepeatFilter();

  RepeatFilterTest() {
    filter.setLoggers("org.apache.ratis.");
  }

  private FilterReply decide(String logger, Level level, String message, int second) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(logger);
    event.setLevel(level);
    event.setMessage(message);
    event.setInstant(Instant.ofEpochSecond(second));
    return filter.decide(event);
  }

  @Test
  void aLibraryWarnsOnceInFiveMinutes() {
    assertEquals(FilterReply.NEUTRAL, decide(RATIS, Level.WARN, "down", 1000));
    assertEquals(FilterReply.DENY, decide(RATIS, Level.WARN, "down", 1001));
    assertEquals(FilterReply.DENY, decide(RATIS, Level.WARN, "down", 1299));
    assertEquals(FilterReply.NEUTRAL, decide(RATIS, Level.WARN, "down", 1300));
    assertEquals(FilterReply.NEUTRAL, decide(RATIS, Level.WARN, "another is down", 1301));
  }

  @Test
  void errorsAndOurOwnLinesAlwaysPass() {
    for (int second = 0; second < 3; second++) {
      assertEquals(FilterReply.NEUTRAL, decide(RATIS, Level.ERROR, "broken", second));
      assertEquals(FilterReply.NEUTRAL, decide("io.trivigil.Node", Level.WARN, "said", second));
    }
  }

  @Test
  void whatIsSaidAtAnOrdinaryStopIsNotKept() {
    String message = "appender is interrupted: java.lang.InterruptedException";
    assertEquals(FilterReply.DENY, decide(RATIS, Level.WARN, message, 1000));
  }
}
