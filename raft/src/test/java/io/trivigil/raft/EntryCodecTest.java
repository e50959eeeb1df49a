package io.trivigil.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.raft.EntryCodec.Proposal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryCodecTest {
  private static final Proposal THREE =
      new Proposal(0, 7, List.of(new byte[] {1, 2, 3}, new byte[0], new byte[] {-1}));

  @Test
  void anEntryComesBackAsItWas() {
    byte[] bytes = EntryCodec.encode(THREE);
    assertThat(bytes).startsWith(0xE7, 1);
    assertThat(bytes).hasSize(EntryCodec.HEADER_BYTES + 3 * EntryCodec.COMMAND_BYTES + 4);
    assertSame(EntryCodec.decode(ByteBuffer.wrap(bytes)), THREE);
    assertThat(EntryCodec.requiredTerm(ByteBuffer.wrap(bytes))).isEqualTo(7);
  }

  @Test
  void anEntryMayBeEmpty() {
    Proposal none = new Proposal(5, 0, List.of());
    assertSame(EntryCodec.decode(ByteBuffer.wrap(EntryCodec.encode(none))), none);
  }

  @Test
  void theLeaderStampsTheTimeAndNothingElse() {
    byte[] bytes = EntryCodec.encode(THREE);
    byte[] stamp = EntryCodec.stamp(1_234);
    assertThat(stamp).hasSize(EntryCodec.STAMP_BYTES);
    System.arraycopy(stamp, 0, bytes, 0, stamp.length);
    assertSame(EntryCodec.decode(ByteBuffer.wrap(bytes)), new Proposal(1_234, 7, THREE.commands()));
  }

  @Test
  void anEntryMayLieInTwoPieces() {
    byte[] bytes = EntryCodec.encode(THREE);
    for (int length = 0; length <= bytes.length; length++) {
      int stamp = Math.min(EntryCodec.STAMP_BYTES, length);
      ByteBuffer head = ByteBuffer.wrap(bytes, 0, stamp);
      ByteBuffer tail = ByteBuffer.wrap(bytes, stamp, length - stamp);
      if (length == bytes.length) {
        assertSame(EntryCodec.decode(head, tail), THREE);
      } else {
        assertThatThrownBy(() -> EntryCodec.decode(head, tail))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void answersComeBackAsTheyWere() {
    byte[] bytes = EntryCodec.encodeAnswers(THREE.commands());
    List<byte[]> answers = EntryCodec.decodeAnswers(ByteBuffer.wrap(bytes));
    assertThat(answers).hasSize(3);
    assertThat(answers.getFirst()).containsExactly(1, 2, 3);
  }

  @Test
  void whatIsCutOffLengthenedOrOfAnotherVersionIsRefused() {
    byte[] bytes = EntryCodec.encode(THREE);
    for (int length = 0; length < bytes.length; length++) {
      assertRefused(Arrays.copyOf(bytes, length));
    }
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1));
    for (int at : List.of(0, 1)) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      assertRefused(changed);
    }
    byte[] manyCommands = bytes.clone();
    ByteBuffer.wrap(manyCommands).putInt(EntryCodec.HEADER_BYTES - 4, Integer.MAX_VALUE);
    assertRefused(manyCommands);
    byte[] negative = bytes.clone();
    ByteBuffer.wrap(negative).putInt(EntryCodec.HEADER_BYTES, -1);
    assertRefused(negative);
  }

  private static void assertRefused(byte[] bytes) {
    assertThatThrownBy(() -> EntryCodec.decode(ByteBuffer.wrap(bytes)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertSame(Proposal found, Proposal wanted) {
    assertThat(found.proposedMs()).isEqualTo(wanted.proposedMs());
    assertThat(found.requiredTerm()).isEqualTo(wanted.requiredTerm());
    assertThat(found.commands()).hasSameSizeAs(wanted.commands());
    for (int i = 0; i < wanted.commands().size(); i++) {
      assertThat(found.commands().get(i)).isEqualTo(wanted.commands().get(i));
    }
  }
}
