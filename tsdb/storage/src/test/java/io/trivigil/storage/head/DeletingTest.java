package io.trivigil.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivigil.model.codec.MalformedBytesException;
import org.junit.jupiter.api.Test;

final class DeletingTest {
  private static Tombstones deleted(long... ranges) {
    Tombstones.Builder builder = Tombstones.NONE.toBuilder();
    for (int i = 0; i < ranges.length; i += 2) {
      builder.add(7, ranges[i], ranges[i + 1]);
    }
    return builder.build();
  }

  private static Deleting deleting(int most, long... ranges) {
    Deleting deleting = new Deleting(most);
    deleting.restore(deleted(ranges));
    return deleting;
  }

  @Test
  void whatComesBackIsCutOut() {
    Deleting deleting = deleting(100, 10, 20, 30, 30, 40, 41);
    for (long timeMs : new long[] {15, 30, 40, 41, 10, 20}) {
      assertThat(deleting.take(7, timeMs)).isTrue();
      assertThat(deleting.take(7, timeMs)).as("it came back already").isFalse();
    }
    assertThat(deleting.take(7, 25)).as("was not deleted").isTrue();
    assertThat(deleting.take(8, 15)).isTrue();
    Tombstones after = deleting.settle();
    assertThat(after.of(7)).containsExactly(11, 14, 16, 19);
    assertThat(after.revived(7)).containsExactly(10, 15, 20, 30, 40, 41);
    assertThat(after.count()).isEqualTo(8);
    assertThat(after.from(16).revived(7)).containsExactly(20, 30, 40, 41);
    assertThat(after.from(16).count()).isEqualTo(5);
    assertThat(after.from(42).isEmpty()).isTrue();
  }

  @Test
  void theBytesAreThoseOfBeforeUntilSomethingComesBack() {
    Tombstones ranges = deleted(-5, 20);
    assertThat(ranges.encode()[0]).isEqualTo((byte) 1);
    Deleting deleting = deleting(100, -5, 20);
    deleting.take(7, -5);
    deleting.take(7, 3);
    Tombstones after = deleting.settle();
    byte[] bytes = after.encode();
    assertThat(bytes[0]).isEqualTo((byte) 2);
    Tombstones read = Tombstones.decode(bytes);
    assertThat(read.of(7)).containsExactly(-4, 2, 4, 20);
    assertThat(read.revived(7)).containsExactly(-5, 3);
    assertThat(read.count()).isEqualTo(after.count());
    bytes[0] = 3;
    assertThatThrownBy(() -> Tombstones.decode(bytes))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("expected=1 or 2 found=3");
  }

  @Test
  void thereIsRoomForAsManyAsTheLimitSays() {
    Deleting deleting = deleting(5, 10, 20);
    assertThat(deleting.mayRevive(2)).isTrue();
    assertThat(deleting.mayRevive(3)).isFalse();
    deleting.take(7, 15); // a range more, and a time
    assertThat(deleting.mayRevive(1)).isTrue();
    assertThat(deleting.mayRevive(2)).isFalse();
    assertThat(deleting.settle().count()).isEqualTo(3);
  }
}
