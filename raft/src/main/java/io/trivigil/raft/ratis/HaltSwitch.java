package io.trivigil.raft.ratis;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the node, once, that its log can not go on. The handler runs on a thread of its own, so
/// that it may close the log or end the process.
final class HaltSwitch {
  private static final Logger LOG = LoggerFactory.getLogger(HaltSwitch.class);

  private final String nodeId;
  private final Consumer<Throwable> handler;
  private final AtomicBoolean pulled = new AtomicBoolean();

  HaltSwitch(String nodeId, Consumer<Throwable> handler) {
    this.nodeId = nodeId;
    this.handler = handler;
  }

  boolean isPulled() {
    return pulled.get();
  }

  void pull(Throwable reason) {
    if (pulled.compareAndSet(false, true)) {
      if (reason instanceof LogHaltedException && reason.getCause() == null) {
        LOG.error("log halted node={} reason=\"{}\"", nodeId, reason.getMessage());
      } else {
        LOG.error("log halted node={} reason=\"{}\"", nodeId, reason.getMessage(), reason);
      }
      Thread.ofPlatform()
          .name("raft-halt-" + nodeId)
          .daemon(true)
          .start(() -> handler.accept(reason));
    }
  }
}
