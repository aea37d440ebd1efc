"""Who does what, where and when: from the words of an action to a stage that cameras and the renderer can read at any second."""
