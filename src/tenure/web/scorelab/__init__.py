"""The score lab: do the scores tell who leaves?"""
