// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CPlatform.h"

// Opens a regular file and tells its size. A size that no memory can hold is EFBIG.
static int open_regular(const char *path, int *descriptor, size_t *bytes) {
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) return errno;
  struct stat status;
  int error = fstat(opened, &status) == 0 ? 0 : errno;
  if (!error && S_ISDIR(status.st_mode)) error = EISDIR;
  if (!error && !S_ISREG(status.st_mode)) error = EINVAL;
  if (!error && (uint64_t)status.st_size > PTRDIFF_MAX) error = EFBIG;
  if (error) {
    close(opened);
    return error;
  }
  *descriptor = opened;
  *bytes = (size_t)status.st_size;
  return 0;
}

int cp_map_file(const char *path, const void **data, size_t *bytes) {
  int descriptor;
  *data = NULL;
  *bytes = 0;
  int error = open_regular(path, &descriptor, bytes);
  if (error) return error;
  if (*bytes > 0) {
    void *mapped = mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED) {
      error = errno;
      *bytes = 0;
    } else {
      *data = mapped;
    }
  }
  close(descriptor);
  return error;
}

void cp_unmap_file(const void *data, size_t bytes) {
  if (data) munmap((void *)data, bytes);
}

// Reads until `bytes` are there or the file ends, and tells how many came.
static int read_all(int descriptor, char *data, size_t bytes, size_t *got) {
  *got = 0;
  while (*got < bytes) {
    ssize_t count = read(descriptor, data + *got, bytes - *got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    *got += (size_t)count;
  }
  return 0;
}

int cp_read_file(const char *path, void **data, size_t *bytes) {
  int descriptor;
  *data = NULL;
  *bytes = 0;
  size_t size;
  int error = open_regular(path, &descriptor, &size);
  if (error) return error;
  void *memory = cp_allocate(size);
  error = memory ? read_all(descriptor, memory, size, bytes) : ENOMEM;
  close(descriptor);
  if (error) {
    cp_free(memory);
    return error;
  }
  *data = memory;
  return 0;
}

int cp_write_descriptor(int descriptor, const void *data, size_t bytes) {
  const char *next = data;
  while (bytes > 0) {
    ssize_t count = write(descriptor, next, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    next += count;
    bytes -= (size_t)count;
  }
  return 0;
}

int cp_write_file(const char *path, const void *data, size_t bytes) {
  char partial[PATH_MAX];
  int length = snprintf(partial, sizeof partial, "%s.partial", path);
  if (length < 0 || (size_t)length >= sizeof partial) return ENAMETOOLONG;
  int descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno;
  int error = cp_write_descriptor(descriptor, data, bytes);
  if (!error && fsync(descriptor) != 0) error = errno;
  if (close(descriptor) != 0 && !error) error = errno;
  if (!error && rename(partial, path) != 0) error = errno;
  if (error) unlink(partial);
  return error;
}

int cp_make_folder(const char *path) {
  return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : errno;
}

int cp_arguments(char **data, size_t *bytes) {
  enum { MAXIMUM = 1 << 20 };
  *data = NULL;
  *bytes = 0;
  int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  char *memory = cp_allocate(MAXIMUM);
  int error = memory ? read_all(descriptor, memory, MAXIMUM, bytes) : ENOMEM;
  close(descriptor);
  if (error) {
    cp_free(memory);
    return error;
  }
  *data = memory;
  return 0;
}
