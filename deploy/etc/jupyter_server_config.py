"""Each learner's Jupyter server: kernels talk through files in a folder of the learner's.

By default they listen on ports of the machine, where another user could read what a cell prints.
"""

c = get_config()  # noqa: F821 (Jupyter provides it)

c.KernelManager.transport = "ipc"
