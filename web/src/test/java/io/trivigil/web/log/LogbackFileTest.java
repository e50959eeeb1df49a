package io.trivigil.web.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class LogbackFileTest {
  @Test
  void theFileIsReadWithoutComplaint() throws Exception {
    LoggerContext context = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(LogbackFileTest.class.getResource("/logback.xml")));
    assertEquals(
        0,
        context.getStatusManager().getCopyOfStatusList().stream()
            .filter(status -> status.getEffectiveLevel() > Status.INFO)
            .count());
    var appender =
        assertInstanceOf(
            ConsoleAppender.class,
            context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"));
    assertInstanceOf(LineEncoder.class, appender.getEncoder());
    assertEquals(1, appender.getCopyOfAttachedFiltersList().size());
  }
}
