package io.trivigil.storage;

import io.trivigil.model.SampleBuffer;
import io.trivigil.storage.column.CorruptPageException;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageReader;
import io.trivigil.storage.page.PageView;
import java.util.Optional;

/// Goes through one layer, a page at a time and past the cache, for a merge. Owned by one thread.
final class LayerSource implements MergeSource {
  private final PageCache cache;
  private final PageView view;
  private final long partition;
  private final int layer;
  private final LayerDirectory directory;
  private final PageReader reader = new PageReader();

  private Optional<Page> page = Optional.empty();
  private int number = -1; // of the page
  private int group = -1;
  private int inGroup;
  private int groupSize;
  private int row;

  LayerSource(PageCache cache, PageView view, long partition, int layer, LayerDirectory directory) {
    this.cache = cache;
    this.view = view;
    this.partition = partition;
    this.layer = layer;
    this.directory = directory;
  }

  @Override
  public boolean next() {
    inGroup++;
    while (inGroup >= groupSize) {
      if (group + 1 == directory.groups()) {
        return false;
      }
      enter(++group);
    }
    row = directory.row(group) + inGroup;
    return true;
  }

  private void enter(int next) {
    if (directory.page(next) != number) {
      number = directory.page(next);
      page = cache.load(view, partition, layer, number);
    }
    inGroup = 0;
    groupSize = page.isPresent() ? directory.size(next) : 0;
    if (page.isPresent() && directory.row(next) + groupSize > page.get().series()) {
      groupSize = 0;
      cache.broken(
          partition, layer, number, new CorruptPageException("page has other rows than its layer"));
    }
  }

  private Page page() {
    return page.orElseThrow();
  }

  @Override
  public long hash() {
    return directory.hash(group);
  }

  @Override
  public long ref() {
    return page().ref(row);
  }

  @Override
  public void read(SampleBuffer out) {
    try {
      reader.read(page(), row, Long.MIN_VALUE, Long.MAX_VALUE, out);
    } catch (CorruptPageException e) {
      cache.broken(partition, layer, number, e);
    }
  }
}
