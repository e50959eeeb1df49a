package io.trivigil.node;

import static io.trivigil.storage.Storage.CAPTURE_BYTES;
import static io.trivigil.storage.Storage.MAX_BYTES_NOT_DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.raft.StateMachine.CaptureNeed;
import org.junit.jupiter.api.Test;

final class CaptureNeedTest {
  @Test
  void samplesInMemoryAskForACapture() {
    assertThat(NodeMachine.captureNeed(CAPTURE_BYTES - 1, CAPTURE_BYTES))
        .isEqualTo(CaptureNeed.NONE);
    assertThat(NodeMachine.captureNeed(CAPTURE_BYTES, CAPTURE_BYTES)).isEqualTo(CaptureNeed.DUE);
    // What is captured and not written counts as well.
    assertThat(NodeMachine.captureNeed(0, MAX_BYTES_NOT_DURABLE))
        .isEqualTo(CaptureNeed.BEFORE_MORE);
  }
}
